-- up
alter index photo_created_at_id_index rename to photo__created_at__id__index;
alter index photo_owner_created_at_id_index rename to photo__owner__created_at__id__index;
alter index photo_listing_id_index rename to photo__listing_id__index;

-- down
alter index photo__listing_id__index rename to photo_listing_id_index;
alter index photo__owner__created_at__id__index rename to photo_owner_created_at_id_index;
alter index photo__created_at__id__index rename to photo_created_at_id_index;
