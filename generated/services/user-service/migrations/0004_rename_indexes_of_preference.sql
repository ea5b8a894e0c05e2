-- up
alter index preference_created_at_id_index rename to preference__created_at__id__index;
alter index preference_owner_key rename to preference__owner__key;

-- down
alter index preference__owner__key rename to preference_owner_key;
alter index preference__created_at__id__index rename to preference_created_at_id_index;
