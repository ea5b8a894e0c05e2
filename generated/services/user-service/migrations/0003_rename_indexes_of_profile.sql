-- up
alter index profile_created_at_id_index rename to profile__created_at__id__index;
alter index profile_owner_key rename to profile__owner__key;

-- down
alter index profile__owner__key rename to profile_owner_key;
alter index profile__created_at__id__index rename to profile_created_at_id_index;
